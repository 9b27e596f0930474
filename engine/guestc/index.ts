/** The guest C compiler: compile.ts makes an image from files, build.ts knows the shipped sources and keeps a cache. */
export { CompileError, formatProblem, type Problem } from '../cfront/diagnostics.ts';
export { type CompileOptions, compileImage } from './compile.ts';
