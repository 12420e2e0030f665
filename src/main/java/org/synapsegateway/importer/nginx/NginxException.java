// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

/** A configuration that cannot be read; the message is one line that begins with the place. */
public final class NginxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NginxException(Place place, String message) {
    super(place + ": " + message);
  }

  NginxException(String message) {
    super(message);
  }
}
