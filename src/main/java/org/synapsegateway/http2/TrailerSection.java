// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.Trailers;

/**
 * Reads the trailer fields of a request (RFC 9113 section 8.1), and keeps those that may go to a
 * worker. Confined to one event loop.
 */
final class TrailerSection implements Section {
  private Trailers trailers = new Trailers();
  private @Nullable String fault;

  void begin() {
    trailers = new Trailers();
    fault = null;
  }

  /**
   * The section has ended.
   *
   * @return the fields, as a body's sink takes them; null if there are none
   * @throws HttpException if it is malformed
   */
  @Nullable String end() throws HttpException {
    if (fault != null) {
      throw new HttpException(Failure.BAD_REQUEST, fault);
    }
    return trailers.fields();
  }

  @Override
  public void isTooLarge() {
    fault = "the trailers are too large";
  }

  @Override
  public void field(AsciiString name, AsciiString value) {
    if (fault == null) {
      fault = FieldRules.fault(name, value); // a pseudo-header field has no name that is allowed
    }
    if (fault == null) {
      fault = trailers.add(name, value);
    }
  }
}
