// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.RequestRecord;
import org.synapsegateway.request.Trace;

/** Two observers of requests, one after the other. */
public record Observers(Trace.Observer first, Trace.Observer second) implements Trace.Observer {
  @Override
  public void sent(RequestRecord record, @Nullable Destination before) {
    first.sent(record, before);
    second.sent(record, before);
  }

  @Override
  public void ended(RequestRecord record, RequestHead head, Client client) {
    first.ended(record, head, client);
    second.ended(record, head, client);
  }
}
