'use strict';

/**
 * Settings of the nightly upload of stock photos.
 *
 * NOTE: none of these values is real. They stand for the kind of file that
 * should never be published, and exist so that redaction has something to find.
 */

const defaults = {
  bucket: 'stock-photos-example',
  region: 'eu-central-1',
  accessKeyId: 'AKIAFAKEFAKEFAKE1234',
  secretAccessKey: 'FakeFakeFakeFakeFakeFakeFakeFakeFake/123',
  notify: 'nadia.ferrante@stockroom-mail.test',
  database: {
    user: 'uploader',
    password: 'Tr0mbone-Gravel-77',
  },
  retries: 3,
};

/**
 * Merge settings over the defaults, nested objects too.
 * @param {object} base
 * @param {object} overrides
 * @returns {object} a new object; the arguments stay as they are
 */
function merge(base, overrides) {
  const result = { ...base };
  for (const [name, value] of Object.entries(overrides)) {
    const known = result[name];
    if (value !== null && typeof value === 'object' && known !== null && typeof known === 'object') {
      result[name] = merge(known, value);
    } else if (value !== undefined) {
      result[name] = value;
    }
  }
  return result;
}

/**
 * List what is wrong with the settings.
 * @param {typeof defaults} settings
 * @returns {string[]} one message for each problem
 */
function problems(settings) {
  const found = [];
  if (!/^[a-z0-9][a-z0-9-]{2,62}$/.test(settings.bucket)) {
    found.push(`bucket name ${settings.bucket} is not allowed`);
  }
  if (!Number.isInteger(settings.retries) || settings.retries < 0) {
    found.push('retries must be a whole number');
  }
  if (!settings.notify.includes('@')) {
    found.push('notify must be an e-mail address');
  }
  return found;
}

module.exports = { defaults, merge, problems };
