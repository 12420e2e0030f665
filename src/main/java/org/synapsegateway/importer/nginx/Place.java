// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/**
 * Where something stands in a configuration.
 *
 * @param line from 1
 */
public record Place(String file, int line) {
  /** What to throw if nginx would not take what stands here. */
  ConfigurationException bad(String text) {
    return ConfigurationException.of(new Fault(Code.BAD_NGINX_FILE, toString(), "", text));
  }

  @Override
  public String toString() {
    return file + ":" + line;
  }
}
