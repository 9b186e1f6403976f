/**
 * Where Python keeps packages. `%` stands for one name, as in all patterns: a version of Python, a project, an environment.
 * Site directories of one interpreter are called `site-packages`, those of Debian's own `dist-packages`.
 */

/** Patterns of the directories that belong to the machine. */
export const systemSites = [
  '/usr/lib/python%/dist-packages',
  '/usr/lib/python%/site-packages',
  '/usr/lib64/python%/site-packages',
  '/usr/local/lib/python%/dist-packages',
  '/usr/local/lib/python%/site-packages',
  '/usr/local/lib64/python%/site-packages',
  '/opt/python%/lib/python%/site-packages',
  '/opt/conda/lib/python%/site-packages',
  '/opt/miniconda%/lib/python%/site-packages',
  '/opt/anaconda%/lib/python%/site-packages',
  '/opt/pipx/venvs/%/lib/python%/site-packages',
  '/home/linuxbrew/.linuxbrew/lib/python%/site-packages',
] as const;

/** Patterns of the directories that belong to a user, below the home directory. */
export const userSites = [
  '.local/lib/python%/site-packages',
  '.local/pipx/venvs/%/lib/python%/site-packages',
  '.local/share/pipx/venvs/%/lib/python%/site-packages',
  '.local/share/uv/tools/%/lib/python%/site-packages',
  '.local/share/uv/python/%/lib/python%/site-packages',
  '.local/share/virtualenvs/%/lib/python%/site-packages',
  '.local/share/mise/installs/python/%/lib/python%/site-packages',
  '.local/share/hatch/env/virtual/%/%/%/lib/python%/site-packages',
  '.cache/pypoetry/virtualenvs/%/lib/python%/site-packages',
  '.pyenv/versions/%/lib/python%/site-packages',
  '.asdf/installs/python/%/lib/python%/site-packages',
  '.virtualenvs/%/lib/python%/site-packages',
  '.venv/lib/python%/site-packages',
  '.rye/py/%/lib/python%/site-packages',
  'miniconda%/lib/python%/site-packages',
  'miniconda%/envs/%/lib/python%/site-packages',
  'anaconda%/lib/python%/site-packages',
  'anaconda%/envs/%/lib/python%/site-packages',
  'miniforge%/lib/python%/site-packages',
] as const;
