/** Asks before something is done that cannot be undone, or for what is needed to do it. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

interface DialogProps {
  readonly heading: ComponentChildren;
  readonly children: ComponentChildren;
  readonly yes: string;
  readonly no: string;
  readonly danger?: boolean;
  readonly busy: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

/** Open as long as it is on the page. Escape says no; the focus comes back to where it was. */
export function Dialog(props: DialogProps): JSX.Element {
  const { heading, children, yes, no, danger = false, busy, onYes, onNo } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Of the first rendering: effects run later, when a busy page may have moved the focus.
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
          <Button onClick={onNo}>{no}</Button>
          <Button type="submit" look={danger ? "danger" : "main"} busy={busy}>{yes}</Button>
        </div>
      </form>
    </dialog>
  );
}
