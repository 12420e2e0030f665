// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.worker.WorkerAddress;
import org.synapsegateway.worker.Workers;

/**
 * What a process knows and no file holds: which workers are drained, and the users of tokens. It
 * consists of parts that the next process reads, even one of another version.
 */
final class Knowledge {
  private static final Logger LOG = LoggerFactory.getLogger(Knowledge.class);

  private static final String DRAINED = "drained";
  private static final String USERS = "users.1"; // the number is that of its form

  private final Workers workers;
  private final SharedState shared;

  Knowledge(Workers workers, SharedState shared) {
    this.workers = workers;
    this.shared = shared;
  }

  /** All of it. It holds a secret. */
  Map<String, byte[]> tell() {
    Map<String, byte[]> parts = new HashMap<>();
    String drained =
        workers.drained().stream().map(Object::toString).collect(Collectors.joining("\n"));
    parts.put(DRAINED, drained.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream users = new ByteArrayOutputStream();
    try {
      shared.users().write(new DataOutputStream(users));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // in memory nothing fails
    }
    parts.put(USERS, users.toByteArray());
    return parts;
  }

  /** Takes what another process has sent; what cannot be read is asked of Synapse again. */
  void take(Map<String, byte[]> parts) {
    new String(parts.getOrDefault(DRAINED, new byte[0]), StandardCharsets.UTF_8)
        .lines()
        .map(WorkerAddress::at)
        .forEach(workers::drain);
    byte[] users = parts.get(USERS);
    if (users == null) {
      return;
    }
    try {
      shared.users().read(new DataInputStream(new ByteArrayInputStream(users)));
    } catch (IOException e) {
      LOG.warn("The tokens that the previous process knew are not taken over: {}", e.getMessage());
    }
  }
}
