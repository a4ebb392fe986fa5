import sys; sys.path.insert(0,'.')
from tests.solver.honest.test_every_program import made, solved
import src.solver.whole.search as w
for n in ('within_reach','lives_of','search','Whole'):
    def wrap(n=n):
        f=getattr(w,n)
        def g(*a,**k):
            r=f(*a,**k); print('   ',n, (len(r) if n=='lives_of' and r is not None else r) if n!='search' else (r.ended.value,r.objective,r.bound)); return r
        setattr(w,n,g)
    wrap()
seed=int(sys.argv[1])
p=made(seed); best=solved(p)
print('BEST',best.status,[(str(t.objective),str(t.bound)) for t in best.tiers])
a=solved(p,blocks=(1,),base=best.schedule)
print(a.status,[(str(t.objective),str(t.bound)) for t in a.tiers],a.notice)
print({k:(str(v),str(best.score_terms[k])) for k,v in a.score_terms.items() if v!=best.score_terms[k]})
print(p.blocks, p.objective)
