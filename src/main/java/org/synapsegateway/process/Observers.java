package org.synapsegateway.process;

import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.Trace;

/** Two observers of requests, one after the other. */
public record Observers(Trace.Observer first, Trace.Observer second) implements Trace.Observer {
  @Override
  public void sent(Trace trace, Destination before) {
    first.sent(trace, before);
    second.sent(trace, before);
  }

  @Override
  public void ended(Trace trace, RequestHead head, Client client) {
    first.ended(trace, head, client);
    second.ended(trace, head, client);
  }
}
