/** All nodes: filtered, as cards or rows, in groups. */

import { signal, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { NodeView } from "../../core/api/node_view.ts";
import { Availability } from "../availability/availability.ts";
import { remembered } from "../device/remembered.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { pieces, text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { ListTools, LOOKS } from "./list_tools.tsx";
import { NodeCard } from "./node_card.tsx";
import { NodeRow } from "./node_row.tsx";
import { filtered, isSameOrder, type NodeSection, sectionsOf } from "./sections.ts";
import { Windowed } from "./windowed.tsx";

/** The maximum number of characters of a group's name. */
const GROUP_MAX = 80;
/** The minimum sizes of a card and a row in pixels, as in the style sheet. */
const CARD = { widthMin: 290, heightGuess: 300, gap: 14 };
const ROW = { widthMin: 100_000, heightGuess: 48, gap: 0 };

const look = remembered("look", LOOKS, "cards");
/** Kept outside of the view, so that a reader who returns from a node finds the same list. */
const filter = signal("");

export function NodeList({ live, api }: ViewProps): JSX.Element {
  const availability = useMemo(() => new Availability(api), [api]);
  useEffect(() => {
    const stop = new AbortController();
    availability.follow(live, stop.signal);
    return () => stop.abort();
  }, [availability, live]);
  const ordered = useRef<Ordered>({ nodes: [], sections: [] });
  const sections = useComputed(() => {
    const nodes = filtered(live.nodes.value, filter.value);
    const isSame = isSameOrder(ordered.current.nodes, nodes);
    ordered.current = { nodes, sections: isSame ? ordered.current.sections : sectionsOf(nodes) };
    return ordered.current.sections;
  });
  const total = useComputed(() => live.nodes.value.length);
  const found = sections.value.reduce((sum, { ids }) => sum + ids.length, 0);
  return (
    <section class="nodes" aria-labelledby="nodes">
      <h2 id="nodes" class="unseen">{text("list.heading")}</h2>
      {total.value > 0 && <ListTools filter={filter} look={look} availability={availability} />}
      <p class={filter.value.trim() === "" ? "unseen" : "found"} role="status">
        {filter.value.trim() !== "" &&
          (found === 0
            ? text("list.noneFound")
            : text("list.found", { count: found, total: total.value }))}
      </p>
      {total.value === 0 && <Welcome guest={live.guest.value} />}
      {sections.value.map((section) => (
        <Group
          key={section.name ?? ""}
          section={section}
          titled={sections.value.length > 1 || section.name !== null}
          render={(id) =>
            look.value === "rows"
              ? <NodeRow id={id} live={live} availability={availability} />
              : <NodeCard id={id} live={live} availability={availability} />}
        />
      ))}
    </section>
  );
}

/** The previous nodes and their sections: while the order does not change, nothing is sorted. */
interface Ordered {
  readonly nodes: readonly NodeView[];
  readonly sections: readonly NodeSection[];
}

interface GroupProps {
  readonly section: NodeSection;
  readonly titled: boolean;
  readonly render: (id: string) => JSX.Element;
}

function Group({ section, titled, render }: GroupProps): JSX.Element {
  const name = section.name === null ? text("list.noGroup") : oneLine(section.name, GROUP_MAX);
  return (
    <section class={`group as-${look.value}`} aria-label={name}>
      {titled && (
        <h3 class="group-name">
          <bdi>{name}</bdi> <span class="group-size">{section.ids.length}</span>
        </h3>
      )}
      <Windowed
        key={look.value}
        ids={section.ids}
        {...look.value === "rows" ? ROW : CARD}
        render={render}
      />
    </section>
  );
}

function Welcome({ guest }: { readonly guest: boolean }): JSX.Element {
  return (
    <div class="welcome">
      <p>
        {pieces("list.welcome", {
          command: <code>rpi-cluster-hub enrol my-pi</code>,
          file: <code>config.ini</code>,
        })}
      </p>
      {!guest && <a class="button look-main" href="/add">{text("list.addPi")}</a>}
    </div>
  );
}
