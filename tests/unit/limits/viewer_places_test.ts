import assert from "node:assert/strict";
import { ViewerPlaces } from "../../../hub/http/viewer_places.ts";

/** Takes places for guests of different addresses until none is free. */
function guestsUntilFull(places: ViewerPlaces, addressOf: (index: number) => string) {
  const taken: Disposable[] = [];
  for (;;) {
    const answer = places.take({ isGuest: true, address: addressOf(taken.length) });
    if (answer.kind !== "place") return { taken, answer };
    taken.push(answer.place);
    assert.ok(taken.length < 1000);
  }
}

Deno.test("however many guests there are, users who log in find a place", () => {
  const places = new ViewerPlaces();
  const { taken, answer } = guestsUntilFull(places, (index) => `192.0.2.${index}`);
  assert.deepEqual([taken.length, answer], [60, { kind: "no_guests", max: 60 }]);
  const owner = () => places.take({ isGuest: false, address: "192.0.2.1" });
  const owners = Array.from({ length: 40 }, owner);
  assert.ok(owners.every(({ kind }) => kind === "place"));
  assert.deepEqual(owner(), { kind: "full", max: 100 });
});

Deno.test("one address takes no more than its share of the guests' places", () => {
  for (const address of ["192.0.2.1", "2001:db8::1"]) {
    const places = new ViewerPlaces();
    const { taken, answer } = guestsUntilFull(
      places,
      (index) => address.includes(":") ? `2001:db8::${index}` : address,
    );
    assert.deepEqual([taken.length, answer], [20, { kind: "address_full", max: 20 }]);
    assert.equal(places.take({ isGuest: true, address: "198.51.100.1" }).kind, "place");
    taken[0]?.[Symbol.dispose]();
    taken[0]?.[Symbol.dispose]();
    assert.equal(places.take({ isGuest: true, address }).kind, "place");
    assert.equal(places.take({ isGuest: true, address }).kind, "address_full");
  }
});

Deno.test("a proxy on this machine has no limit of its own, because all guests may use it", () => {
  const { taken } = guestsUntilFull(new ViewerPlaces(), () => "127.0.0.1");
  assert.equal(taken.length, 60);
});
