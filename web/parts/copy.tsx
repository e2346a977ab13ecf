/** Text for use elsewhere, shown completely, with a button that copies it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { text } from "../texts/texts.ts";
import { Button } from "./button.tsx";

interface CopyProps {
  readonly content: string;
  /** Its description for a screen reader. */
  readonly label: string;
  /** The text of its button. */
  readonly action: string;
}

export function Copy({ content, label, action }: CopyProps): JSX.Element {
  const place = useRef<HTMLPreElement>(null);
  const outcome = useSignal("");
  const copy = async () => {
    outcome.value = "";
    outcome.value = text(await isCopied(content) ? "addPage.copied" : "addPage.notCopied");
    if (place.current) getSelection()?.selectAllChildren(place.current);
  };
  return (
    <div class="copy">
      <pre ref={place} tabIndex={0} role="region" aria-label={label}>{content}</pre>
      <p class="copy-tools">
        <Button label={action} onClick={() => void copy()}>{text("addPage.copy")}</Button>
        <span role="status">{outcome}</span>
      </p>
    </div>
  );
}

/** Browsers give a page on plain HTTP no clipboard; then the text is only selected. */
async function isCopied(content: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    return false;
  }
}
