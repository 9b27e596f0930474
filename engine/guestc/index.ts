/** The guest C compiler: compile.ts makes an image from files, recipes.ts knows the shipped sources, cache.ts keeps images, build.ts joins the three. */
export { CompileError, formatProblem, type Problem } from '../cfront/diagnostics.ts';
export { type CompileOptions, compileImage } from './compile.ts';
