/* Node-API addon: system calls for a Node.js on whose processor no FFI library runs (ARMv6). It calls
 * no C library, so that one file serves every system.
 *
 *   call(number, first, second, third)   the kernel's answer, a negative errno when it refuses
 *   wait(number, first, second, third)   a Promise of the same, from another thread
 *
 * An argument is an integer, or a typed array, of which the kernel gets the address. */
#include <node_api.h>

struct request { long number, arguments[3], answer; napi_async_work work; napi_deferred promise; napi_ref kept; };

static void enter_kernel(napi_env env, void *data) {
  struct request *q = data; (void)env;
#if defined(__arm__)
  register long r7 __asm__("r7") = q->number, r0 __asm__("r0") = q->arguments[0], r1 __asm__("r1") = q->arguments[1], r2 __asm__("r2") = q->arguments[2];
  __asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory");
  q->answer = r0;
#else
  __asm__ volatile("syscall" : "=a"(q->answer) : "a"(q->number), "D"(q->arguments[0]), "S"(q->arguments[1]), "d"(q->arguments[2]) : "rcx", "r11", "memory");
#endif
}
static long integer_or_address(napi_env env, napi_value value) {
  int64_t integer = 0; void *address = 0;
  if (napi_get_value_int64(env, value, &integer) == napi_ok) return (long)integer;
  napi_get_typedarray_info(env, value, 0, 0, &address, 0, 0);
  return (long)address;
}
static void take(napi_env env, napi_callback_info info, struct request *q, napi_value *values) {
  size_t count = 4;
  napi_get_cb_info(env, info, &count, values, 0, 0);
  q->number = integer_or_address(env, values[0]);
  for (int i = 0; i < 3; i++) q->arguments[i] = integer_or_address(env, values[i + 1]);
}
static napi_value call(napi_env env, napi_callback_info info) {
  struct request q; napi_value values[4], answer = 0;
  take(env, info, &q, values); enter_kernel(env, &q);
  napi_create_int64(env, q.answer, &answer);
  return answer;
}
static void complete(napi_env env, napi_status status, void *data) {
  struct request *q = data; napi_value answer; (void)status;
  napi_create_int64(env, q->answer, &answer); napi_resolve_deferred(env, q->promise, answer);
  napi_delete_async_work(env, q->work); napi_delete_reference(env, q->kept);
}
static napi_value wait(napi_env env, napi_callback_info info) {
  struct request *q; napi_value values[4], memory, promise = 0, name; void *data;
  if (napi_create_arraybuffer(env, sizeof *q, &data, &memory) != napi_ok) return 0;
  take(env, info, q = data, values);
  for (int i = 0; i < 4; i++) napi_set_element(env, memory, i, values[i]); /* Keeps the arrays until the end. */
  napi_create_reference(env, memory, 1, &q->kept); napi_create_promise(env, &q->promise, &promise);
  napi_create_string_utf8(env, "system call", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, 0, name, enter_kernel, complete, q, &q->work); napi_queue_async_work(env, q->work);
  return promise;
}
napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value f;
  napi_create_function(env, "call", NAPI_AUTO_LENGTH, call, 0, &f); napi_set_named_property(env, exports, "call", f);
  napi_create_function(env, "wait", NAPI_AUTO_LENGTH, wait, 0, &f); napi_set_named_property(env, exports, "wait", f);
  return exports;
}
