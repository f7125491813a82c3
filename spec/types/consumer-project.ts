import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const compilers = join(import.meta.dirname, 'compilers/node_modules');

/** The newest is quick enough to make declarations; the order of unions aside, they are the published ones. */
const newest = join(compilers, 'typescript-7');

/** A compiler that users may have. */
export const typescript = {
  5.5: join(compilers, 'typescript-5.5'),
  5.9: join(compilers, 'typescript-5.9'),
  '6.0': join(root, 'node_modules/typescript'),
  '7.0': newest,
} as const;

const modules = { bundler: 'esnext', node16: 'node16', nodenext: 'nodenext' } as const;

/** A project as a user would have it, with the package as it is built, once with ioredis 5 and once with 6. */
export class ConsumerProject {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<ConsumerProject> {
    const folder = await mkdtemp(join(import.meta.dirname, '.run-'));
    const built = join(folder, 'built');
    const build = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', built];
    await compile(newest, build);
    for (const [major, ioredis] of Object.entries({ 5: 'ioredis', 6: 'ioredis-6' })) {
      const user = join(folder, `with-ioredis-${major}`);
      const packages = join(user, 'node_modules');
      await cp(join(import.meta.dirname, 'consumer'), user, { recursive: true });
      // Without one, `qx-cache` would be the project above, where that has been built.
      await writeFile(join(user, 'package.json'), JSON.stringify({ type: 'module' }));
      await cp(built, join(packages, 'qx-cache/dist'), { recursive: true });
      await cp(join(root, 'package.json'), join(packages, 'qx-cache/package.json'));
      // Nearer than the one of this project. All other packages are found further up.
      await symlink(join(root, 'node_modules', ioredis), join(packages, 'ioredis'));
    }
    return new ConsumerProject(folder);
  }

  /** What the compiler says, a line each; empty when it is content. */
  async problemsWith(
    compiler: keyof typeof typescript,
    moduleResolution: keyof typeof modules,
    ioredis: readonly (5 | 6)[],
  ): Promise<string[]> {
    const include = ioredis.map((major) => `with-ioredis-${major}/*.ts`);
    const compilerOptions = {
      module: modules[moduleResolution],
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      experimentalDecorators: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const file = join(this.#folder, `tsconfig.${compiler}.${moduleResolution}.json`);
    await writeFile(file, JSON.stringify({ compilerOptions, include }));
    const printed = await compile(typescript[compiler], ['-p', file]);
    return printed.split('\n').filter((line) => line.includes('error TS'));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

/** Runs a compiler; gives what it printed, also when it found errors. */
async function compile(compiler: string, args: readonly string[]): Promise<string> {
  const tsc = join(compiler, 'bin/tsc');
  const running = promisify(execFile)(process.execPath, [tsc, ...args], { cwd: root });
  const { stdout } = await running.catch((error: Error & { stdout?: string }) => {
    if (error.stdout) return { stdout: error.stdout };
    throw error;
  });
  return stdout;
}
