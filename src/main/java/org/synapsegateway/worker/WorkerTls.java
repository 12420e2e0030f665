// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.tls.ClientTls;
import org.synapsegateway.tls.TlsFault;

/**
 * The TLS options of a worker. Immutable.
 *
 * @param ca the file of the authorities that may have signed its certificate; null for those of
 *     Java
 * @param name what its certificate must have
 */
record WorkerTls(@Nullable Path ca, String name) {
  /**
   * What a worker's options say; null if it is asked in plain.
   *
   * @throws IllegalArgumentException if they contradict each other
   */
  static @Nullable WorkerTls of(WorkerAddress address, WorkerConfiguration options) {
    String uri = "worker:" + address.server();
    if (!options.isTls()) {
      if (options.getCa() != null || options.getServerName() != null) {
        throw new IllegalArgumentException(
            uri + " has ca or serverName without tls; add tls=true, or remove them");
      }
      return null;
    }
    if (!(address instanceof WorkerAddress.Tcp tcp)) {
      throw new IllegalArgumentException(
          uri + " has tls=true, and a UNIX socket has no TLS; remove it");
    }
    String given = options.getServerName();
    String name = given == null ? tcp.host() : given;
    String ca = options.getCa();
    return new WorkerTls(ca == null ? null : Path.of(ca), name);
  }

  /**
   * Reads the authorities.
   *
   * @throws IllegalArgumentException if the file is none; says why
   */
  static ClientTls read(@Nullable Path ca) {
    try {
      return new ClientTls(ca);
    } catch (TlsFault e) {
      throw new IllegalArgumentException("ca=" + ca + ": " + e.getMessage(), e);
    }
  }
}
