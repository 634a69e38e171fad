/**
 * The habits that a machine can hold: strict typed rules everywhere, plus the project's own
 * (one doorway to Electron, named exports, no barrels, kebab-case files).
 */
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

/** Files are named after their concept, in kebab-case: what they are called must not depend on the file system. */
const kebabCaseFiles = {
  meta: { type: 'suggestion', schema: [], messages: { name: 'File name "{{name}}" is not kebab-case.' } },
  create: (context) => ({
    Program(node) {
      const name = context.filename.split(/[\\/]/).at(-1) ?? '';
      if (!/^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name)) {
        context.report({ node, messageId: 'name', data: { name } });
      }
    },
  }),
};

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: one thing, one name.',
};
const noBarrel = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that owns the thing.' },
  {
    selector: 'ExportNamedDeclaration[source.value=/^\\./]',
    message: 'No barrels: import from the file that owns the thing.',
  },
];
const noEnum = { selector: 'TSEnumDeclaration', message: 'No enums: use a union of string literals.' };
const noIpcMain = {
  selector: ':matches(ImportSpecifier[imported.name="ipcMain"], MemberExpression[property.name="ipcMain"])',
  message: 'Only electron/ipc/register.ts touches ipcMain: the sender check lives there.',
};
const style = [noDefaultExport, ...noBarrel, noEnum];

const noElectron = {
  name: 'electron',
  message:
    'Only main.ts, preload.ts, window/ and ipc/ may import electron: everything else runs under plain Node.',
  allowTypeImports: true,
};

export default defineConfig([
  globalIgnores(['dist/', 'out/', 'coverage/', 'node_modules/', 'test/vectors/', '.cache/']),
  js.configs.recommended,
  {
    plugins: { project: { rules: { 'kebab-case-files': kebabCaseFiles } } },
    rules: { 'project/kebab-case-files': 'error' },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        clearTimeout: 'readonly',
        console: 'readonly',
        document: 'readonly',
        fetch: 'readonly',
        module: 'writable',
        performance: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        window: 'readonly',
      },
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts', 'build/*.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [noElectron] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-restricted-syntax': ['error', ...style, noIpcMain],
    },
  },
  {
    files: ['electron/main.ts', 'electron/preload.ts', 'electron/window/**/*.ts', 'electron/ipc/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['electron/ipc/register.ts'],
    rules: { 'no-restricted-syntax': ['error', ...style] },
  },
  {
    // Tools read a default export from their configuration; nothing else does.
    files: ['*.config.{js,ts}', 'build/*.config.{js,mjs,ts}'],
    rules: { 'no-restricted-syntax': ['error', ...noBarrel, noEnum] },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: { 'no-console': 'error' },
  },
  {
    // A test may say "this is there" with `!`: where it is not, the test fails, as it should.
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
]);
