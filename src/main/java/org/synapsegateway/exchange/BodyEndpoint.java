// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.util.Locale;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultEndpoint;
import org.synapsegateway.net.MemoryBudget;
import org.synapsegateway.settings.Settings;

/**
 * Read the body of a request before the worker, or that of a reply behind it, so that steps can
 * work on it.
 *
 * <p>A body is a stream until somebody reads it. Behind {@code to: body:read} the message's body is
 * a {@code byte[]}, which every converter and data format takes, and {@code worker:} sends it with
 * a Content-Length. The step waits for the bytes and blocks no thread. Safe for any thread.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "body",
    title = "Body",
    syntax = "body:operation",
    producerOnly = true,
    category = {Category.CORE})
public class BodyEndpoint extends DefaultEndpoint {
  @UriPath(description = "What is done with the body", enums = "read")
  @Metadata(required = true)
  private final String operation;

  @UriParam(
      defaultValue = "64KiB",
      description =
          "The largest body that is read, in bytes or with KiB or MiB; a larger one gets 413 if the"
              + " client sends it, 502 if the worker does")
  private String max = "64KiB";

  /**
   * @throws IllegalArgumentException if the operation is not {@code read}
   */
  BodyEndpoint(String uri, BodyComponent component, String operation) {
    super(uri, component);
    if (!"read".equals(operation.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "\"body:" + operation + "\" is unknown; there is body:read?max=64KiB");
    }
    this.operation = operation;
  }

  public String getOperation() {
    return operation;
  }

  public String getMax() {
    return max;
  }

  /** The largest body that is read, for example {@code 64KiB}. */
  public void setMax(String max) {
    size(max); // so that the start fails, and not a request
    this.max = max;
  }

  @Override
  public boolean isSingletonProducer() {
    return true;
  }

  @Override
  public Producer createProducer() {
    return new Reading(this, size(max), SharedServices.of(getCamelContext()).memoryBudget());
  }

  private static int size(String max) {
    return (int) Math.min(Settings.size("body:read max", max), Integer.MAX_VALUE / 2);
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("body: is for \"to\", not for \"from\"");
  }

  private static final class Reading extends DefaultAsyncProducer {
    private final int most;
    private final MemoryBudget budget;

    Reading(BodyEndpoint endpoint, int most, MemoryBudget budget) {
      super(endpoint);
      this.most = most;
      this.budget = budget;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      HttpMessage message = HttpMessage.of(exchange);
      if (message == null) {
        callback.done(true);
        return true;
      }
      message
          .request()
          .loop()
          .eventLoop()
          .execute(() -> BodyReader.read(exchange, most, budget, callback));
      return false;
    }
  }
}
