/** Keeps the pages of docs/ true: their links, and the parts that are made from the code. */
package org.synapsegateway.docs;
