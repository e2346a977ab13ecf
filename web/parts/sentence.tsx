/** A sentence of our words and strangers' names. */

import type { JSX } from "preact";
import type { Piece } from "../status/verdict.ts";

/** Each name is isolated: it can neither turn nor break the sentence around it. */
export function Sentence({ pieces }: { readonly pieces: readonly Piece[] }): JSX.Element {
  return (
    <>
      {pieces.map((piece, index) =>
        typeof piece === "string"
          ? <span key={index}>{piece}</span>
          : <bdi key={index} class="name">{piece.name}</bdi>
      )}
    </>
  );
}
