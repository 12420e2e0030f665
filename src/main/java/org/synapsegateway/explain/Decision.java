// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

/**
 * A line of the routes that decided about a request.
 *
 * @param place the file and line
 * @param because what is written there
 * @param to where the request went from there
 */
record Decision(String route, String place, String because, String to) {}
