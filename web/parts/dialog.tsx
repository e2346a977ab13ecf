/** Asks for a confirmation or an input before an action. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { text } from "../texts/texts.ts";
import { Button } from "./button.tsx";

interface DialogProps {
  readonly heading: ComponentChildren;
  readonly children: ComponentChildren;
  readonly yes: string;
  readonly danger?: boolean;
  readonly busy: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Open while it is on the page. Escape cancels; the focus returns to where it was. */
export function Dialog(props: DialogProps): JSX.Element {
  const { heading, children, yes, danger = false, busy, onYes, onNo } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Read during the first rendering, because effects run later and the focus may have moved by
  // then.
  const before = useRef(document.activeElement);
  useEffect(() => {
    const open = dialog.current;
    open?.showModal();
    return () => {
      open?.close();
      if (before.current instanceof HTMLElement) before.current.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onNo();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onYes();
        }}
      >
        <h2 id={id}>{heading}</h2>
        {children}
        <div class="dialog-buttons">
          <Button onClick={onNo}>{text("shell.cancel")}</Button>
          <Button type="submit" look={danger ? "danger" : "main"} busy={busy}>{yes}</Button>
        </div>
      </form>
    </dialog>
  );
}
