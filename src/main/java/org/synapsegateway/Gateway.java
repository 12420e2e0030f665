package org.synapsegateway;

/** Runs the gateway. */
public final class Gateway {
  private Gateway() {}

  /** Runs. */
  public static void main(String[] args) {
    System.out.println("hello");
  }
}
