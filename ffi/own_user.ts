/** Changes the user of this process through the C library, because Deno has no call for it. */
import { Libc } from "./libc.ts";
import { LIBC_SONAME, type Library, openLibrary } from "./library.ts";
import { offeredAccess, type UserNumbers } from "./own_syscalls.ts";

const USERS = {
  setgroups: { parameters: ["usize", "buffer"], result: "i32" },
  setgid: { parameters: ["u32"], result: "i32" },
  setuid: { parameters: ["u32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Switches to another user, with all threads and for good; only root may. Throws SystemError. Then
 * the process must end, because it may have the rights of either user.
 */
export function becomeUser(numbers: UserNumbers): void {
  const offered = offeredAccess();
  if (offered === undefined) changeByLibrary(numbers);
  else offered.becomeUser(numbers);
}

function changeByLibrary({ user, group, groups }: UserNumbers): void {
  using libc = new Libc();
  const library: Library<typeof USERS> | undefined = openLibrary(LIBC_SONAME, USERS);
  if (library === undefined) throw new Error(`Cannot load ${LIBC_SONAME}: not found`);
  const succeed = (result: number): void => {
    if (result !== 0) throw libc.lastError();
  };
  try {
    // The user is changed last, because only root may change the groups.
    succeed(library.symbols.setgroups(BigInt(groups.length), Uint32Array.from(groups)));
    succeed(library.symbols.setgid(group));
    succeed(library.symbols.setuid(user));
  } finally {
    library.close();
  }
}
