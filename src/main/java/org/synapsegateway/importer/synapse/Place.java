// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.nio.file.Path;
import org.synapsegateway.fault.Code;
import org.synapsegateway.fault.ConfigurationException;
import org.synapsegateway.fault.Fault;

/** A line of a file, as it is told to people: {@code workers/typing.yaml:4}. */
public record Place(Path file, int line) {
  /** What to throw if Synapse would not start with what stands here. */
  ConfigurationException bad(String text) {
    return ConfigurationException.of(new Fault(Code.BAD_SYNAPSE_FILE, toString(), "", text));
  }

  /**
   * What to throw if a program has not put a value in its place here.
   *
   * @param found what stands in the value's place
   */
  ConfigurationException template(String found) {
    String shown = found.length() > 40 ? found.substring(0, 40) + ".." : found;
    return ConfigurationException.of(
        new Fault(
            Code.TEMPLATE,
            toString(),
            shown,
            "this is a template (" + shown + "); give the file that is made of it"));
  }

  @Override
  public String toString() {
    return file + ":" + line;
  }
}
