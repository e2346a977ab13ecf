/** What the two versions of the kernel's interface have in common. */
import type {
  DriverEdge,
  DriverLineInfo,
  InputRequest,
  OutputRequest,
  UapiVersion,
} from "../gpio_driver.ts";
import type { Syscalls } from "../syscalls.ts";

/** One version. Chips and held lines are file descriptors. Every call throws SystemError. */
export interface Uapi {
  readonly version: UapiVersion;
  describe(system: Syscalls, chip: number, line: number): DriverLineInfo;
  /** Returns the held line. */
  holdOutput(system: Syscalls, chip: number, request: OutputRequest): number;
  holdInput(system: Syscalls, chip: number, request: InputRequest): number;
  set(system: Syscalls, held: number, active: boolean): void;
  isActive(system: Syscalls, held: number): boolean;
  readEdges(system: Syscalls, held: number): readonly DriverEdge[];
}
