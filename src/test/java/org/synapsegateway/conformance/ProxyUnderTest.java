// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

import java.nio.file.Path;

/** A running proxy that serves a TCP port from the workers' sockets in a directory. */
interface ProxyUnderTest extends AutoCloseable {
  /** Its name in the report. */
  String name();

  /** The port on 127.0.0.1 where it listens. */
  int port();

  /** The port on 127.0.0.1 where it speaks TLS, and HTTP/2 with those who offer it. */
  default int tlsPort() {
    throw new UnsupportedOperationException(name() + " speaks no TLS");
  }

  /** Where it looks for the workers' sockets. */
  Path workersDirectory();

  /** Whether what it sends must be the expected bytes, and not only mean the same. */
  boolean isExact();

  /** Stops it. */
  @Override
  void close();
}
