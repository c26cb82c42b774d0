// The same story as in story.py, by the JavaScript SDK.
import { Seam, SeamActionAttemptFailedError, SeamHttpApiError } from 'seam'

const since = '2020-01-01T00:00:00.000Z'
const seam = new Seam()

const unlock = async (device_id) => {
  try {
    return (await seam.locks.unlockDoor({ device_id })).status
  } catch (error) {
    if (error instanceof SeamActionAttemptFailedError) return error.code
    throw error
  }
}

const findPhone = async (device_id) => {
  try {
    return (await seam.phones.get({ device_id })).device_id
  } catch (error) {
    if (error instanceof SeamHttpApiError) return error.code
    throw error
  }
}

const devices = (await seam.devices.list()).map((device) => device.display_name).sort()
const door = (await seam.devices.get({ name: 'FRONT DOOR' })).device_id
const phone = (await seam.phones.list())[0].device_id
const unlocked = await unlock(door)
await seam.devices.simulate.disconnect({ device_id: door })
const { properties, errors } = await seam.devices.get({ device_id: door })
const unlockedOffline = await unlock(door)
await seam.phones.deactivate({ device_id: phone })
const phones = await seam.phones.list()
const lostPhone = await findPhone(phone)
const event_types = ['device.disconnected', 'phone.deactivated']
const events = (await seam.events.list({ since, event_types })).map((event) => event.event_type).sort()

console.log(
  JSON.stringify({
    devices,
    unlocked,
    online: properties.online,
    errors: errors.map((error) => error.error_code),
    unlocked_offline: unlockedOffline,
    phones,
    lost_phone: lostPhone,
    events,
  }),
)
