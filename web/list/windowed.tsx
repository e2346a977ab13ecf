/** A list of nodes. Short lists are complete; long ones are windowed once their script is loaded. */

import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ListProps } from "./list_props.ts";
import type { LongList } from "./long_list.tsx";
import { printing } from "./printing.ts";

/** A list up to this length is completely in the document. */
const WHOLE_MAX = 60;

/** `whole`: it could not be loaded, so long lists are complete, too. */
const longList: Signal<typeof LongList | "whole" | undefined> = signal(undefined);

export function Windowed(props: ListProps): JSX.Element {
  if (props.ids.length <= WHOLE_MAX || printing.value) return <Whole {...props} />;
  return <Long {...props} />;
}

function Long(props: ListProps): JSX.Element {
  useEffect(() => void loadLongList(), []);
  const List = longList.value;
  if (List === "whole") return <Whole {...props} />;
  if (List === undefined) return <Whole {...props} ids={props.ids.slice(0, WHOLE_MAX)} />;
  return <List {...props} />;
}

/** Loads the script, once. Never rejects. */
async function loadLongList(): Promise<void> {
  if (longList.peek() !== undefined) return;
  const loaded = await import("./long_list.tsx").catch(() => undefined);
  longList.value = loaded?.LongList ?? "whole";
}

function Whole({ ids, render }: ListProps): JSX.Element {
  return (
    <div role="list" class="nodes-whole">
      {ids.map((id) => <div role="listitem" key={id}>{render(id)}</div>)}
    </div>
  );
}
