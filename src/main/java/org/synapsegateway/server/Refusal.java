package org.synapsegateway.server;

import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;

/**
 * A step that ends a request with one of the gateway's own answers, for instance {@code forbidden}.
 */
public final class Refusal implements Processor {
  private Failure failure = Failure.FORBIDDEN;

  /** The name of a {@link Failure}, in whatever case. */
  public void setFailure(String name) {
    failure = Failure.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  public String getFailure() {
    return failure.tag();
  }

  @Override
  public void process(Exchange exchange) throws HttpException {
    throw new HttpException(failure, "refused by route " + exchange.getFromRouteId());
  }
}
