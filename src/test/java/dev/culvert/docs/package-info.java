/** The documents say what the code does. */
package dev.culvert.docs;
