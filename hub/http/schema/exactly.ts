/** Holds a schema and a type together: where they differ, the program does not compile. */

import type * as v from "valibot";

/** The type without a way to change it, however deep. */
type Constant<T> = T extends object ? { readonly [Key in keyof T]: Constant<T[Key]> } : T;

type IsSame<A, B> = (<T>() => T extends Constant<A> ? 1 : 2) extends
  (<T>() => T extends Constant<B> ? 1 : 2) ? true : false;

/** `exactly<NodeView>()(schema)` is the schema, which describes that very type. */
export function exactly<Type>() {
  return <Schema extends v.GenericSchema>(
    schema: Schema & (IsSame<v.InferOutput<Schema>, Type> extends true ? unknown : never),
  ): Schema => schema;
}
