// The import rule of the repository: who may know whom. docs/architecture.md says why.
const ours = '^(protocol|extensions|core)/';

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'protocol-stands-alone', severity: 'error', from: { path: '^protocol/' }, to: { path: ours, pathNot: '^protocol/' } },
    { name: 'sdk-knows-protocol', severity: 'error', from: { path: '^extensions/sdk/' }, to: { path: ours, pathNot: '^(protocol|extensions/sdk)/' } },
    { name: 'plugins-know-sdk', severity: 'error', from: { path: '^extensions/(?!sdk/)([^/]+)/' }, to: { path: ours, pathNot: '^extensions/(sdk|$1)/' } },
    { name: 'core-loads-plugins', comment: 'core reaches plugins through its loader, never by import', severity: 'error', from: { path: '^core/' }, to: { path: '^extensions/(?!sdk/)' } },
    { name: 'native-has-one-face', severity: 'error', from: { path: '^core/', pathNot: '^core/(native/|src/engine/native\\.ts)' }, to: { path: '^core/native/' } },
    { name: 'koffi-lives-in-sys', severity: 'error', from: { pathNot: '^extensions/tables/src/lib/sys/' }, to: { path: 'node_modules/koffi' } },
    { name: 'no-dev-dependencies', severity: 'error', from: { path: ours }, to: { dependencyTypes: ['npm-dev'] } },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, exclude: { path: '(^|/)generated/|^core/native/build/' }, tsPreCompilationDeps: true, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] } },
};
