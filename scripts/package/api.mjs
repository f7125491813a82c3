// Compares the types that users see, as built, with the reports in docs/api, and fails where they differ.
// With --update it writes the reports.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { entryPoints, root } from './entry-points.mjs';

const isUpdate = process.argv.includes('--update');
const reportFolder = join(root, 'docs/api');

/** Whether the report of an entry point is as it should be, or could be made so. */
function report({ name, shortName, types }) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: types,
      compiler: { tsconfigFilePath: join(root, 'tsconfig.build.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${shortName}.api.md`,
        reportFolder,
        reportTempFolder: join(root, 'node_modules/.cache/api'),
        // What is not exported and still part of a signature changes it, too.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
    packageJsonFullPath: join(root, 'package.json'),
  });
  let isSame = true;
  const result = Extractor.invoke(config, {
    localBuild: isUpdate,
    printApiReportDiff: true,
    messageCallback(message) {
      // How docstrings are written is for typedoc to check.
      if (message.category !== 'console') message.logLevel = 'none';
      if (/api-report-(?:copied|created|unchanged)|preamble/.test(message.messageId))
        message.logLevel = 'none';
      if (message.messageId === 'console-api-report-not-copied') {
        isSame = false;
        message.text = `The API of ${name} differs from docs/api/${shortName}.api.md. If that is meant: npm run api.`;
      }
    },
  });
  return isSame && (result.errorCount === 0 || isUpdate);
}

const all = entryPoints();
const expected = all.map(({ shortName }) => `${shortName}.api.md`);
const left = readdirSync(reportFolder).filter(
  (file) => file.endsWith('.api.md') && !expected.includes(file),
);
for (const file of left) console.error(`docs/api/${file} is of no entry point: delete it.`);
const isGood = all.map(report).every(Boolean) && left.length === 0;
if (!isGood) process.exitCode = 1;
else console.log(`${all.length} API reports ${isUpdate ? 'written' : 'are up to date'}`);
