import { expect, it } from 'vitest';
import { IMAGE, overlay, PromotionWorld } from './promotion-world.ts';

const rules = `version: 1
rules:
  - match: { environments: [sandbox] }
    action: auto
    require: { checks: [ci] }
`;
it('smoke', () => {
  const w = new PromotionWorld({
    '.github/image-promotion.yml': rules,
    'overlays/sandbox/kustomization.yaml': overlay({ [IMAGE]: 'v1.0.0' }),
  });
  w.image('v1.1.0', 'a2');
  w.until(10);
  w.check(1, 'ci', 'success');
  w.until(100);
  console.log(w.calls, w.open(), w.summary(1), w.pulls.get(1)?.body);
  const m = new PromotionWorld({ 'overlays/sandbox/kustomization.yaml': overlay({ [IMAGE]: 'v1.0.0' }) });
  for (let i = 0; i < 20; i++) {
    m.until(i * 3);
    m.image(`v1.${i + 1}.0`);
  }
  m.until(1000);
  console.log(m.calls, m.open());
});
