import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { loud, type PartOf } from '../double.ts'
import { life } from '../life/app.ts'

/** As Electron does on a Linux desktop without a keyring, which it calls `basic_text`: hidden by a known key, not protected. */
const key = scryptSync('electron-host', 'basic_text', 32)
const nonceBytes = 12
const tagBytes = 16

/** The double of Electron's `safeStorage`, without the functions that Electron is about to remove. */
export const safeStorage = loud('safeStorage', {
  isAsyncEncryptionAvailable: async () => life.ready,
  getSelectedStorageBackend: () => 'basic_text',
  setUsePlainTextEncryption: () => undefined,
  encryptStringAsync: async text => encrypted(text),
  decryptStringAsync: async bytes => ({ shouldReEncrypt: false, result: decrypted(bytes) }),
} satisfies PartOf<Electron.SafeStorage>)

function encrypted(text: string) {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function decrypted(bytes: Buffer) {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
  } catch (cause) {
    throw new Error('Error while decrypting the ciphertext provided to safeStorage.', { cause })
  }
}
