// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * For how long a client may keep the gateway waiting, in milliseconds; 0 for ever. Made once for
 * the routes of one start.
 *
 * @param head for the whole head of a request
 * @param idle for another request
 * @param body for the next part of a request's body
 * @param send to take the next part of a reply
 */
record ClientTimeouts(long head, long idle, long body, long send) {
  static ClientTimeouts of(Settings settings) {
    return new ClientTimeouts(
        settings.millis(Setting.CLIENT_HEAD_TIMEOUT),
        settings.millis(Setting.CLIENT_IDLE_TIMEOUT),
        settings.millis(Setting.CLIENT_BODY_TIMEOUT),
        settings.millis(Setting.CLIENT_SEND_TIMEOUT));
  }
}
