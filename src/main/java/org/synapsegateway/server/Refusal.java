// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;

/**
 * A step that ends a request with one of the gateway's own answers, for instance {@code forbidden}.
 */
public final class Refusal implements Processor {
  private Failure failure = Failure.FORBIDDEN;

  /**
   * The name of a {@link Failure}, in whatever case.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public void setFailure(String name) {
    failure =
        Arrays.stream(Failure.values())
            .filter(known -> known.tag().equals(name.toLowerCase(Locale.ROOT).replace('-', '_')))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "failure: \""
                            + name
                            + "\" is not known; write one of "
                            + Arrays.stream(Failure.values())
                                .map(Failure::tag)
                                .collect(Collectors.joining(", "))));
  }

  public String getFailure() {
    return failure.tag();
  }

  @Override
  public void process(Exchange exchange) throws HttpException {
    throw new HttpException(failure, "refused by route " + exchange.getFromRouteId());
  }
}
