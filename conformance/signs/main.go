// Command signs prints what Argo CD's slug makes of each character, for `npm run generate`: a line for each 256 of them that
// has any, the first two digits of its code points and then the texts. ASCII and Hangul are left out; both go by rule.
package main

import (
	"fmt"
	"strings"

	"github.com/gosimple/slug"
)

func main() {
	// As applicationset/generators/pull_request.go of Argo CD sets it.
	slug.CustomSub = map[string]string{"_": "-"}
	for block := rune(0); block <= 0xff; block++ {
		texts := make([]string, 0, 256)
		for sign := block << 8; sign < (block+1)<<8; sign++ {
			texts = append(texts, textOf(sign))
		}
		if line := strings.TrimRight(strings.Join(texts, ","), ","); line != "" {
			fmt.Printf("%02x %s\n", block, line)
		}
	}
}

// Between two letters, nothing of it is trimmed.
func textOf(sign rune) string {
	byRule := sign < 0x80 || (sign >= 0xac00 && sign <= 0xd7a3)
	if byRule || (sign >= 0xd800 && sign <= 0xdfff) {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(slug.Make("x"+string(sign)+"x"), "x"), "x")
}
