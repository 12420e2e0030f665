package org.synapsegateway.http;

/**
 * The trailer fields that follow a body in chunks (RFC 9112 section 7.1.2), as they came.
 *
 * @param lines whole field lines, each with its CRLF, without the empty line behind them
 */
public record Trailers(byte[] lines) {}
