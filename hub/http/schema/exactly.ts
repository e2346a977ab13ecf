/** Ties a schema to a type: if they differ, the program does not compile. */

import type * as v from "valibot";

/** The type with all keys read-only, at every depth. */
type Constant<T> = T extends object ? { readonly [Key in keyof T]: Constant<T[Key]> } : T;

type IsSame<A, B> = (<T>() => T extends Constant<A> ? 1 : 2) extends
  (<T>() => T extends Constant<B> ? 1 : 2) ? true : false;

/** `exactly<NodeView>()(schema)` returns the schema, whose output is exactly this type. */
export function exactly<Type>() {
  return <Schema extends v.GenericSchema>(
    schema: Schema & (IsSame<v.InferOutput<Schema>, Type> extends true ? unknown : never),
  ): Schema => schema;
}
