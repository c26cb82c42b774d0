// What the tests of Seam's JavaScript SDK do with the official fake, in short; prints what they look at.
import { createHmac } from 'node:crypto'
import { SeamHttp, SeamHttpMultiWorkspace } from 'seam'

const endpoint = process.env.FAKE_ENDPOINT
const seed = await (await fetch(`${endpoint}/_fake/default_seed`)).json()

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = { user_id: seed.john_user_id, key: seed.john_user_key }
const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
const token = `${unsigned}.${createHmac('sha256', 'secret').update(unsigned).digest('base64url')}`

const seam = SeamHttp.fromApiKey(seed.seam_apikey1_token, { endpoint })
const second = SeamHttp.fromApiKey(seed.seam_apikey2_token, { endpoint })
const console_ = SeamHttp.fromConsoleSessionToken(token, seed.seed_workspace_1, { endpoint })
const many = SeamHttpMultiWorkspace.fromConsoleSessionToken(token, { endpoint })
const session = await SeamHttp.fromPublishableKey(seed.seam_pk1_token, seed.john_user_identifier_key, { endpoint })

const about = { device_id: seed.august_device_1 }
const attempt = await seam.locks.unlockDoor(about, { waitForActionAttempt: false })
await seam.client.post('/_fake/update_action_attempt', {
  action_attempt_id: attempt.action_attempt_id,
  status: 'error',
  error: { type: 'foo', message: 'Failed' },
})
const failure = await seam.actionAttempts
  .get({ action_attempt_id: attempt.action_attempt_id }, { waitForActionAttempt: true })
  .then(() => null, (error) => ({ name: error.constructor.name, code: error.code, message: error.message }))

const unknown = await seam.devices
  .get({ device_id: 'unknown-device' })
  .then(() => null, (error) => ({ status: error.statusCode, code: error.code, requestId: error.requestId }))

console.log(
  JSON.stringify({
    console: (await console_.devices.get(about)).workspace_id,
    workspaces: (await many.workspaces.list()).length,
    session: (await session.devices.list()).length,
    second: (await second.devices.list()).length,
    pending: attempt.status,
    failure,
    unknown: { ...unknown, requestId: unknown.requestId.startsWith('request') },
  }),
)
