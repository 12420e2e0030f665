// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.nio.file.Path;

/** A line of a file, as it is told to people: {@code workers/typing.yaml:4}. */
public record Place(Path file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
