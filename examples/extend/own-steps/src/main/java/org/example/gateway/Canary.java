package org.example.gateway;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.processor.loadbalancer.LoadBalancerSupport;

/**
 * An EIP of one's own: sends a share of the requests to the second step of its {@code loadBalance}
 * block, the canary, and all others to the first.
 *
 * <p>Which requests these are depends on their client's address, so that one client stays where it
 * is. It only hands requests on and never waits, as a step on an event loop must.
 */
public final class Canary extends LoadBalancerSupport {
  private int percent = 5;

  /** How many of a hundred clients; 5 if nothing is said. */
  public void setPercent(int percent) {
    this.percent = percent;
  }

  public int getPercent() {
    return percent;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    int step = isCanary(exchange.getProperty("address", "", String.class)) ? 1 : 0;
    return getProcessors().get(step).process(exchange, callback);
  }

  private boolean isCanary(String address) {
    return Math.floorMod(address.hashCode(), 100) < percent;
  }
}
