package org.synapsegateway.http;

import java.util.Locale;
import org.synapsegateway.net.Loop;

/**
 * A request on its way through the routes: its head, who sent it, and its body still to come.
 *
 * <p>It is the body of the Camel message from the front route to the worker, so a route may ask it,
 * for instance {@code ${body.method}} or {@code ${body.field('User-Agent')}}. Its fields never
 * become Camel headers. Confined to one event loop, and valid until its reply has been sent.
 */
public final class Request {
  private final RequestHead head;
  private final Client client;
  private final Loop loop;
  private final BodySource body;
  private Object matches;

  public Request(RequestHead head, Client client, Loop loop, BodySource body) {
    this.head = head;
    this.client = client;
    this.loop = loop;
    this.body = body;
  }

  /** The head as it was sent. */
  public RequestHead head() {
    return head;
  }

  /** Who asks. */
  public Client client() {
    return client;
  }

  /** The event loop that carries this request. */
  public Loop loop() {
    return loop;
  }

  /** The body as a stream. */
  public BodySource body() {
    return body;
  }

  /** The method as it was sent. */
  public String method() {
    return head.method();
  }

  /** The path as it was sent, undecoded, without the query. */
  public String path() {
    return head.path();
  }

  /** The query as it was sent, undecoded; null if there is none. */
  public String query() {
    return head.query();
  }

  /** The value of the first field with this name, or null. */
  public String field(String name) {
    return head.first(name.toLowerCase(Locale.ROOT));
  }

  /** What routing found out about this request's path, so that it is read once; null at first. */
  public Object matches() {
    return matches;
  }

  /** Keeps what routing found out. */
  public void matches(Object matches) {
    this.matches = matches;
  }

  @Override
  public String toString() {
    return head.method() + " " + head.path();
  }
}
