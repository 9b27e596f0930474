/**
 * The two sides of the layout comparison: gcc's answers and ours, in the same words.
 */
import { findMember } from '../../../engine/cfront/layout.ts';
import { type Field, type RecordType, strip } from '../../../engine/cfront/types.ts';
import { parseUnit } from '../../../engine/guestc/parse.ts';
import { gccRun } from './gcc.ts';
import { PRELUDE, type RecordSpec, render } from './gen-layout.ts';

/** A program that prints a line a record: size, alignment, then each member's offset, or for a bit-field the bits it sets. */
export function gccLayouts(specs: RecordSpec[]): string[] {
  let source = `#include <stdio.h>\n#include <string.h>\n${PRELUDE}
static void bits(void *p, int n) { unsigned char *c = p; for (int i = 0, first = -1; i < n * 8; i++) {
  int set = c[i / 8] >> (i % 8) & 1; if (set && first < 0) first = i; if (set && (i == n * 8 - 1 || !(c[(i + 1) / 8] >> ((i + 1) % 8) & 1))) printf(" %d-%d", first, i); } }\n`;
  let main = '';
  for (const [i, spec] of specs.entries()) {
    const { text, places } = render(spec);
    source += `typedef ${text} R${i};\n`;
    main += `static void f${i}(void) { static R${i} r; printf("%d %d", (int)sizeof(R${i}), (int)_Alignof(R${i}));\n`;
    for (const { path, bits } of places) {
      if (bits) main += `memset(&r, 0, sizeof r); r.${path} = -1; bits(&r, sizeof r);\n`;
      else main += `printf(" %d", (int)__builtin_offsetof(R${i}, ${path}));\n`;
    }
    main += 'printf("\\n"); }\n';
  }
  source += `${main}int main(void) { ${specs.map((_, i) => `f${i}();`).join(' ')} return 0; }\n`;
  return gccRun(source).trimEnd().split('\n');
}

export function ourLayouts(specs: RecordSpec[]): string[] {
  const text = PRELUDE + specs.map((spec, i) => `typedef ${render(spec).text} R${i};\n`).join('');
  const unit = parseUnit({
    path: 'layout.c',
    text,
    readFile: () => undefined,
    includeDirs: [],
    defines: {},
    kernel: false,
  });
  return specs.map((spec, i) => {
    const record = strip(unit.types.get(`R${i}`)!) as RecordType;
    const out = [`${record.size} ${record.align}`];
    for (const { path } of render(spec).places) {
      let at = record;
      let offset = 0;
      let field: Field | undefined;
      for (const name of path.split('.')) {
        for (const step of findMember(at, name)!) {
          field = step;
          offset += step.offset;
        }
        at = strip(field!.type) as RecordType;
      }
      if (field!.bitWidth === undefined) out.push(`${offset}`);
      else {
        const first = offset * 8 + field!.bitOffset!;
        out.push(`${first}-${first + field!.bitWidth - 1}`);
      }
    }
    return out.join(' ');
  });
}
