/** The little of Node that the tests use; the whole of @types/node would shadow the browser's own types. */
declare module "node:test" {
  export default function test(name: string, run: () => void | Promise<void>): void;
  export default function test(name: string, options: { skip: string | false }, run: () => void | Promise<void>): void;
}
declare module "node:assert/strict" {
  const assert: Assert;
  export default assert;
  interface Assert {
    ok(value: unknown, message?: string): asserts value;
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    match(value: string, pattern: RegExp): void;
  }
}
declare module "node:fs" {
  export function existsSync(path: string): boolean;
  export function readFileSync(path: string | URL, encoding: "utf-8"): string;
}
declare module "node:url" {
  export function fileURLToPath(url: URL): string;
}
declare const process: { env: Record<string, string | undefined> };
