// SPDX-License-Identifier: EUPL-1.2
// Write the bill of materials (CycloneDX 1.5): the Debian libraries the program is linked with and the npm packages
// whose files it carries. sbom.mjs OUT VERSION MESON.BUILD-ROOT
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [out, version, root] = process.argv.slice(2);

// Debian packages as scripts/need.sh installs them for the build.
const need = readFileSync(`${root}/scripts/need.sh`, 'utf8');
const names = need.match(/^build="([^"]*)"/m)[1].split(/\s+/).filter(name => name.startsWith('lib') || /^(hyphen|fonts)-/.test(name));

function debian(name) {
  try {
    const line = execFileSync('dpkg-query', ['-W', '-f', '${Version}\t${Architecture}\t${Homepage}', name], { encoding: 'utf8' });
    const [number, architecture, homepage] = line.split('\t');
    return {
      type: 'library', name, version: number,
      purl: `pkg:deb/debian/${name}@${encodeURIComponent(number)}?arch=${architecture}&distro=bookworm`,
      ...(homepage && { externalReferences: [{ type: 'website', url: homepage }] }),
    };
  } catch {
    return null; // not installed on this machine, so not linked
  }
}

function npm() {
  const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'));
  return Object.entries(lock.packages).filter(([path, info]) => path && !info.dev).map(([path, info]) => {
    const name = path.replace(/^.*node_modules\//, '');
    return {
      type: 'library', name, version: info.version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${info.version}`,
      ...(info.license && { licenses: [{ license: { id: info.license } }] }),
    };
  });
}

const components = [...names.map(debian).filter(Boolean), ...npm()];
writeFileSync(out, JSON.stringify({
  bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
  metadata: {
    component: { type: 'application', name: 'rathaus', version, licenses: [{ license: { id: 'EUPL-1.2' } }], 'bom-ref': 'rathaus' },
    tools: { components: [{ type: 'application', name: 'scripts/sbom.mjs', version }] },
  },
  components: components.map(component => ({ ...component, 'bom-ref': component.purl })),
  dependencies: [{ ref: 'rathaus', dependsOn: components.map(component => component.purl) }],
}, null, 2) + '\n');
